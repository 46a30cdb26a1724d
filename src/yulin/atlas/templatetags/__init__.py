"""Words of firms for templates."""
