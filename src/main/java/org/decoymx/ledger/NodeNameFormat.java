package org.decoymx.ledger;

import org.decoymx.support.ValueFormat;

/** The name of the own node. */
final class NodeNameFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return Node.isValidName(value) && value.indexOf('@') < 0;
    }

    @Override
    public String expected() {
        return "a name of 1 to 64 letters, digits, dots, hyphens or underscores (example: mx2.example.org)";
    }
}
