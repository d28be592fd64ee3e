"""What the key account programme brings and costs, and whether its people can do what the accounts ask for."""
