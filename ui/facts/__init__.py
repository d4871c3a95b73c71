"""The facts tab: accounts with their balances, contact points with their rights, and the letters on record."""
