"""Reports: chosen on one page, shown as office documents, taken home as files."""
