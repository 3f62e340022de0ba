"""One view each, a folder: `view.py` looks, `page.js` draws, `page.css` dresses; the rest lies beside them."""
