"""The hands-on project: from comparison data to over-optimization and labelers who disagree."""
