"""Rules of firms: which statement counts on a day, as known at an instant."""
