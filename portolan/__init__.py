"""Portolan, the chart room of a company that sells more than one product."""
