"""The pages about people and organizations, one module for each thing that people come to do."""
