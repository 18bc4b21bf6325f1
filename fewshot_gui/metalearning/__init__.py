"""Episodes, outer loops, evaluation over unseen tasks. Importing this room loads torch."""
