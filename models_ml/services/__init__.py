"""What people do with data sets, trainings and model versions."""
