"""One view each: `<name>.py` looks, `<name>.js` draws, `<name>.css` dresses; all three can be read alone."""
