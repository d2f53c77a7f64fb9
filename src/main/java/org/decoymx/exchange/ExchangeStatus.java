package org.decoymx.exchange;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the sharing with other nodes goes, at one moment.
 *
 * @param role what this node does: {@code both}, {@code catch} or {@code list}
 * @param pending number of commits of this node that are not acknowledged by the brokers; 0 with role {@code list}
 * @param lagRecords number of records in the topic that are not read yet; 0 with role {@code catch}
 * @param lagSeconds how old the latest record is that was read; 0 if all are read
 * @param pushed number of states that the brokers acknowledged since the start
 * @param read number of states that were read since the start
 * @param poison number of records that were skipped since the start because they are not valid
 * @param clockOffsetSeconds how far the clock of this node is ahead of that of the brokers; negative if it is behind
 * @param trouble what is wrong; null if the node shares all and reads all
 * @param since when that began
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExchangeStatus(
        String role,
        long pending,
        long lagRecords,
        long lagSeconds,
        long pushed,
        long read,
        long poison,
        long clockOffsetSeconds,
        @Nullable String trouble,
        @Nullable Instant since) {}
