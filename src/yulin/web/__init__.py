"""The shell: layout, navigation, home pages, the public board."""
