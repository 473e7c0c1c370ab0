/** How many bytes of memory the module has taken. */
export function size(): number;
