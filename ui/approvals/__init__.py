"""The approvals page: plans that wait for a lead, with what is needed to decide."""
