package org.decoymx.exchange;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.decoymx.net.HostNameFormat;
import org.decoymx.net.IpAddressFormat;
import org.decoymx.support.ValueFormat;

/** The address of a Kafka broker: a host name or IP address, and a port. */
public final class BrokerFormat implements ValueFormat {
    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]]+)):([0-9]{1,5})");
    private static final int MAX_PORT = 65_535;

    @Override
    public boolean accepts(String value) {
        Matcher address = ADDRESS.matcher(value);
        if (!address.matches()) {
            return false;
        }
        int port = Integer.parseInt(address.group(3));
        IpAddressFormat ip = new IpAddressFormat();
        boolean validHost = address.group(1) == null
                ? ip.accepts(address.group(2)) || new HostNameFormat().accepts(address.group(2))
                : ip.accepts(address.group(1));
        return validHost && port >= 1 && port <= MAX_PORT;
    }

    @Override
    public String expected() {
        return "a broker (examples: kafka1.example.org:9092, 192.0.2.1:9092, [2001:db8::1]:9092)";
    }

    /** Whether a broker can be reached from this machine only, so that nobody reads what is sent to it. */
    static boolean isLoopback(String broker) {
        Matcher address = ADDRESS.matcher(broker);
        return address.matches()
                && Optional.ofNullable(address.group(1))
                        .or(() -> Optional.of(address.group(2)))
                        .filter(host -> host.equalsIgnoreCase("localhost") || IpAddressFormat.isLoopback(host))
                        .isPresent();
    }
}
