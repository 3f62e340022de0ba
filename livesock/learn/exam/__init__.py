"""What the last two lessons add: stages that are passed, cards, the article graded, a page to keep."""
