"""What the pages of the brain read: a firm's check-up, and how the firms of an area stand."""
