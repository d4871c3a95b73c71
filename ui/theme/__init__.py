"""Colours, sizes and fonts as data, and the style sheet made from them."""
