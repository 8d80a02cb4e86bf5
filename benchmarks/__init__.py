"""Programs that measure and print; they never assert."""
