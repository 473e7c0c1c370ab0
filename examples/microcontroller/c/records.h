/* What must survive a power cut: texts by key, in flash. */
#ifndef RECORDS_H
#define RECORDS_H

#include <stdbool.h>

/* Finds the records, or begins with none. */
void records_open(void);
/* All of them as a JSON array, to be freed; NULL if there is no memory. */
char *records_read(void);
/* Makes a record durable: its JSON text, by its key. NULL removes it. False if there is no room. */
bool records_store(const char *key, const char *json);

#endif
