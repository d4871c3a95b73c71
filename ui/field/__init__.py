"""Days of visits: chosen on a list and a map, ordered into a route, with their times."""
