"""Things that tests need, made by the same services that the screens use."""
