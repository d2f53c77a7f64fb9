package org.decoymx.support;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that a misspelt one most likely stands for. */
final class EditDistance {
    private static final int MIN_ALLOWED = 2;
    /** One edit for each so many characters may differ. */
    private static final int CHARACTERS_PER_EDIT = 5;

    private EditDistance() {}

    /** The nearest of some names, if it is near enough to be what was meant. */
    static Optional<String> nearest(String name, Collection<String> candidates) {
        int allowed = Math.max(MIN_ALLOWED, name.length() / CHARACTERS_PER_EDIT);
        return candidates.stream()
                .min(Comparator.<String>comparingInt(candidate -> between(name, candidate))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(candidate -> between(name, candidate) <= allowed);
    }

    /** The number of insertions, deletions, substitutions and swaps between two texts, case ignored. */
    static int between(String a, String b) {
        String left = a.toLowerCase(Locale.ROOT);
        String right = b.toLowerCase(Locale.ROOT);
        int[][] edits = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                edits[i][j] = i == 0 || j == 0 ? i + j : fewest(edits, left, right, i, j);
            }
        }
        return edits[left.length()][right.length()];
    }

    private static int fewest(int[][] edits, String left, String right, int i, int j) {
        int substitution = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int fewest = Math.min(edits[i - 1][j - 1] + substitution, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped = i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        return swapped ? Math.min(fewest, edits[i - 2][j - 2] + 1) : fewest;
    }
}
