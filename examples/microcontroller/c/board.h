/* The board: what is different on another one. */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The flash for records: two banks, of which one is erased while the other has the records. */
#define BANK_WORDS (64u * 1024u / 4u)

typedef struct port port;
/* To the CSMS, and to people. */
extern port link, panel;

void board_start(void);
void board_reset(void) __attribute__((noreturn));
/* Sleeps until the next interrupt. */
void board_pause(void);
uint64_t board_milliseconds(void);
/* How often the board has started: no two starts may draw the same random numbers. */
uint32_t board_boots(void);
/* The register of the meter, in tenths of Wh, which a meter keeps itself. */
uint32_t board_energy(void);
void board_count(uint32_t tenths);

/* The next byte that has arrived, or -1. */
int port_receive(port *from);
void port_send(port *to, const char *text);

const volatile uint32_t *flash_bank(unsigned bank);
void flash_erase(unsigned bank);
/* Clears bits of a word. What is set already stays so. */
void flash_program(unsigned bank, size_t word, uint32_t value);

#endif
