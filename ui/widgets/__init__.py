"""Small reusable widgets, apart from the screens that use them."""
