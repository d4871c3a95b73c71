"""The week: promises, callbacks and deadlines by day, and the work plan to print."""
