package org.decoymx.policy;

import org.decoymx.support.ValueFormat;

/** The modes that can be configured; trial mode follows from missing domains. */
final class ModeFormat implements ValueFormat {
    @Override
    public boolean accepts(String value) {
        return value.equals("enforce") || value.equals("observe");
    }

    @Override
    public String expected() {
        return "one of enforce, observe";
    }
}
