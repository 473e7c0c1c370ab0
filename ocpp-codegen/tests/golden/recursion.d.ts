// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface Leaf {
  parent?: Node;
}

export interface Node {
  name: string;
  next?: Node;
  /** At least one element. */
  children?: Node[];
  leaf?: Leaf;
}

export interface Tree {
  root: Node;
}
