package org.decoymx.admin;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import org.decoymx.exchange.ExchangeService;
import org.decoymx.ledger.SharedLedger;

/** Reports on the nodes. It waits for nothing. */
@Singleton
public final class NodeReports {
    private final ExchangeService exchange;
    private final SharedLedger ledger;
    private final Clock clock;

    NodeReports(ExchangeService exchange, SharedLedger ledger, Clock clock) {
        this.exchange = exchange;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** The nodes whose states are here. */
    NodeReport current() {
        return ifShared().orElseGet(() -> NodeReport.of(ledger.nodes(), ledger.ownNode()));
    }

    /** The same if states are shared; else empty. */
    public Optional<NodeReport> ifShared() {
        return exchange.status().map(status -> NodeReport.of(status, clock.instant()));
    }
}
