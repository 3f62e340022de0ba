"""Who gets what: sessions, namespaces, rooms, acknowledgements. Pure: time and ids come in, actions come out."""
