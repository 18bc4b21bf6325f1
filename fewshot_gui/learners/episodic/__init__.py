"""Few-shot methods as differentiable modules: what a meta-trained learner is made of.

Importing this package loads torch; everybody else imports it inside the function that needs it.
"""
