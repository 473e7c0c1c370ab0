/* The board mps2-an386 of QEMU: start, clock, two UARTs, and memory that lasts. */
#include "board.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>

#define FREQUENCY 25000000u
/* Memory that lasts: the 16 MiB of PSRAM, which QEMU keeps in a file. Its beginning plays the flash, the cells are behind. */
#define LASTING 0x21000000u
#define CELLS ((volatile uint32_t *)(LASTING + 8u * BANK_WORDS))
#define REGISTER(address) (*(volatile uint32_t *)(address))
#define HEAP (128u * 1024u)

extern uint32_t data_begin[], data_end[], data_image[], bss_begin[], bss_end[], stack_top[];
int main(void);

static volatile uint64_t milliseconds;

/* A UART (Arm CMSDK), and what it has received: the interrupt writes `head`, the program `tail`. */
struct port {
    uint32_t base, interrupt;
    volatile uint32_t head, tail;
    volatile uint8_t arrived[1024];
};
port link = {.base = 0x40004000u, .interrupt = 0};
port panel = {.base = 0x40005000u, .interrupt = 2};

enum { DATA = 0x00, STATE = 0x04, CONTROL = 0x08, CLEAR = 0x0c, DIVIDER = 0x10 };

static void port_start(port *it)
{
    REGISTER(it->base + DIVIDER) = FREQUENCY / 115200;
    /* Send, receive, an interrupt for each byte received. */
    REGISTER(it->base + CONTROL) = 0x0b;
    REGISTER(0xe000e100u) = 1u << it->interrupt;
}

/*
 * Takes what has arrived. When there is no room the interrupt stays off until the program has read: the sender waits (QEMU does not
 * send on, a real line has RTS and CTS).
 */
static void port_interrupted(port *it)
{
    REGISTER(it->base + CLEAR) = 2;
    while (REGISTER(it->base + STATE) & 2) {
        uint32_t next = (it->head + 1) % sizeof it->arrived;
        if (next == it->tail) {
            REGISTER(0xe000e180u) = 1u << it->interrupt;
            return;
        }
        it->arrived[it->head] = (uint8_t)REGISTER(it->base + DATA);
        it->head = next;
    }
}

int port_receive(port *from)
{
    if (from->tail == from->head)
        return -1;
    int byte = from->arrived[from->tail];
    from->tail = (from->tail + 1) % sizeof from->arrived;
    if (!(REGISTER(0xe000e100u) & 1u << from->interrupt)) {
        port_interrupted(from); /* The byte that had no room is still there. */
        REGISTER(0xe000e100u) = 1u << from->interrupt;
    }
    return byte;
}

void port_send(port *to, const char *text)
{
    for (; *text != '\0'; text++) {
        while (REGISTER(to->base + STATE) & 1)
            ;
        REGISTER(to->base + DATA) = (uint8_t)*text;
    }
}

void board_start(void)
{
    REGISTER(0xe000e014u) = FREQUENCY / 1000 - 1; /* SysTick: a millisecond. */
    REGISTER(0xe000e018u) = 0;
    REGISTER(0xe000e010u) = 7;
    port_start(&link);
    port_start(&panel);
    CELLS[0] += 1; /* Erased memory begins with -1. */
}

void board_reset(void)
{
    REGISTER(0xe000ed0cu) = 0x05fa0004u;
    for (;;)
        ;
}

void board_pause(void)
{
    __asm volatile("wfi");
}

uint64_t board_milliseconds(void)
{
    /* Two words: the interrupt may come in between. */
    uint64_t read;
    do
        read = milliseconds;
    while (read != milliseconds);
    return read;
}

uint32_t board_boots(void)
{
    return CELLS[0];
}

uint32_t board_energy(void)
{
    return CELLS[1] + 1;
}

void board_count(uint32_t tenths)
{
    CELLS[1] += tenths;
}

const volatile uint32_t *flash_bank(unsigned bank)
{
    return (const volatile uint32_t *)LASTING + bank * BANK_WORDS;
}

void flash_erase(unsigned bank)
{
    for (size_t word = 0; word < BANK_WORDS; word++)
        ((volatile uint32_t *)LASTING)[bank * BANK_WORDS + word] = UINT32_MAX;
}

void flash_program(unsigned bank, size_t word, uint32_t value)
{
    ((volatile uint32_t *)LASTING)[bank * BANK_WORDS + word] &= value;
}

/* The heap of newlib's malloc: of fixed size. */
void *_sbrk(ptrdiff_t more)
{
    static _Alignas(8) uint8_t heap[HEAP];
    static size_t used;
    if (more > (ptrdiff_t)(HEAP - used) || more < -(ptrdiff_t)used) {
        errno = ENOMEM;
        return (void *)-1;
    }
    used += more;
    return heap + used - more;
}

/* Start and interrupts. */
void reset_handler(void) __attribute__((noreturn));
void reset_handler(void)
{
    memcpy(data_begin, data_image, (size_t)((uint8_t *)data_end - (uint8_t *)data_begin));
    memset(bss_begin, 0, (size_t)((uint8_t *)bss_end - (uint8_t *)bss_begin));
    REGISTER(0xe000ed88u) |= 0xfu << 20; /* The floating-point unit. */
    __asm volatile("dsb\n\tisb");
    main();
    board_reset();
}

static void fault_handler(void)
{
    port_send(&panel, "a fault of the processor\n");
    board_reset();
}

static void tick_handler(void)
{
    milliseconds++;
}

static void link_handler(void)
{
    port_interrupted(&link);
}

static void panel_handler(void)
{
    port_interrupted(&panel);
}

__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    [0] = (void (*)(void))stack_top, [1] = reset_handler, [2] = fault_handler, [3] = fault_handler, [4] = fault_handler, [5] = fault_handler,
    [6] = fault_handler, [15] = tick_handler, [16] = link_handler, [18] = panel_handler,
};
