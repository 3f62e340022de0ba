"""What several views are drawn with. `<part>.js` draws it, `<part>.css` holds its style; no part knows a protocol."""
