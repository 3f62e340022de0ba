"""What several views are drawn with: each part knows no protocol. `<part>.js` draws it, `<part>.css` dresses it."""
