package org.decoymx.policy;

import org.decoymx.net.HostNameFormat;

/** The name of a decoy in a list, so perhaps with blanks around it. */
final class DecoyHostFormat extends HostNameFormat {
    @Override
    public boolean accepts(String value) {
        return super.accepts(value.strip());
    }
}
