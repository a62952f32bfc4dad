"""What is promised to publishers: Avro schemas, samples and vectors. Data only."""
