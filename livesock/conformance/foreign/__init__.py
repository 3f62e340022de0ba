"""Three judges that others wrote, or that nobody wrote: clients, Autobahn's cases, a bad network."""
