"""The pages of products, product lines and teams."""
