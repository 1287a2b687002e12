"""What runs inside the jail to look at others' code: these modules import the standard library and each other alone."""
