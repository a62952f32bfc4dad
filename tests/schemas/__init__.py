"""The published contract: schemas, samples, versions and the CloudEvents form."""
