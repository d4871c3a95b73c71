"""The repayment-plan calculator beside the case."""
