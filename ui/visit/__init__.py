"""The visit's report: beside the case, quick at the door, all of it without a network."""
