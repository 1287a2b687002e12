"""What a source file must be before anybody looks at what it teaches: one file per filter, each giving its reason."""
