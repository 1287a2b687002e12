"""See how functions and passages behave that others wrote: many of them in one program of the jail."""
