"""What a person does, one module per task. Uses the local store, sync, letters and the domain; knows no window."""
