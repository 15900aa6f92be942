using System.Collections.Frozen;

namespace Billing.Tax;

/// <summary>How a territory shares GST.</summary>
public enum StateKind
{
    /// <summary>A State, or a Union territory with a legislature, which counts as one (CGST s.2(103)).</summary>
    State,

    /// <summary>A Union territory without a legislature, or Other Territory: UTGST in place of SGST (CGST s.2(114)).</summary>
    UnionTerritory,

    /// <summary>No longer exists; occurs in old registration numbers and is not offered.</summary>
    Retired,

    /// <summary>96 (outside India, place of supply only) and 99 (centre jurisdiction, numbers only).</summary>
    Special,
}

/// <summary>A State or territory of the GST law.</summary>
/// <param name="Code">Two characters with the leading zero.</param>
/// <param name="Name">English name.</param>
/// <param name="Kind">Which GST heads it takes part in.</param>
/// <param name="Pins">Ranges of the first three digits of its PINs.</param>
public sealed record State(string Code, string Name, StateKind Kind, params (int First, int Last)[] Pins);

/// <summary>The States and territories of the GST law, by code.</summary>
public static class States
{
    /// <summary>State code of a place of supply outside India.</summary>
    public const string OutsideIndia = "96";

    private static readonly State[] List =
    [
        new("01", "Jammu and Kashmir", StateKind.State, (180, 194)),
        new("02", "Himachal Pradesh", StateKind.State, (171, 177)),
        new("03", "Punjab", StateKind.State, (140, 160)),
        new("04", "Chandigarh", StateKind.UnionTerritory, (160, 160)),
        new("05", "Uttarakhand", StateKind.State, (244, 263)),
        new("06", "Haryana", StateKind.State, (121, 136)),
        new("07", "Delhi", StateKind.State, (110, 110)),
        new("08", "Rajasthan", StateKind.State, (301, 345)),
        new("09", "Uttar Pradesh", StateKind.State, (201, 285)),
        new("10", "Bihar", StateKind.State, (800, 855)),
        new("11", "Sikkim", StateKind.State, (737, 737)),
        new("12", "Arunachal Pradesh", StateKind.State, (790, 792)),
        new("13", "Nagaland", StateKind.State, (797, 798)),
        new("14", "Manipur", StateKind.State, (795, 795)),
        new("15", "Mizoram", StateKind.State, (796, 796)),
        new("16", "Tripura", StateKind.State, (799, 799)),
        new("17", "Meghalaya", StateKind.State, (793, 794)),
        new("18", "Assam", StateKind.State, (781, 788)),
        new("19", "West Bengal", StateKind.State, (700, 743)),
        new("20", "Jharkhand", StateKind.State, (813, 835)),
        new("21", "Odisha", StateKind.State, (751, 770)),
        new("22", "Chhattisgarh", StateKind.State, (490, 497)),
        new("23", "Madhya Pradesh", StateKind.State, (450, 488)),
        new("24", "Gujarat", StateKind.State, (360, 396)),
        new("25", "Daman and Diu", StateKind.Retired),
        new("26", "Dadra and Nagar Haveli and Daman and Diu", StateKind.UnionTerritory, (362, 362), (396, 396)),
        new("27", "Maharashtra", StateKind.State, (400, 445)),
        new("28", "Andhra Pradesh before bifurcation", StateKind.Retired),
        new("29", "Karnataka", StateKind.State, (560, 591)),
        new("30", "Goa", StateKind.State, (403, 403)),
        new("31", "Lakshadweep", StateKind.UnionTerritory, (682, 682)),
        new("32", "Kerala", StateKind.State, (670, 695)),
        new("33", "Tamil Nadu", StateKind.State, (600, 643)),
        new("34", "Puducherry", StateKind.State, (533, 533), (605, 605), (607, 607), (609, 609), (673, 673)),
        new("35", "Andaman and Nicobar Islands", StateKind.UnionTerritory, (744, 744)),
        new("36", "Telangana", StateKind.State, (500, 509)),
        new("37", "Andhra Pradesh", StateKind.State, (500, 535)),
        new("38", "Ladakh", StateKind.UnionTerritory, (194, 194)),
        new("96", "Other Countries", StateKind.Special),
        new("97", "Other Territory", StateKind.UnionTerritory),
        new("99", "Centre Jurisdiction", StateKind.Special),
    ];

    private static readonly FrozenDictionary<string, State> ByCode = List.ToFrozenDictionary(state => state.Code, StringComparer.Ordinal);

    /// <summary>Every code that occurs, the retired and special ones too.</summary>
    public static IReadOnlyList<State> All => List;

    /// <summary>Those a customer in India can choose, by name.</summary>
    public static IReadOnlyList<State> Offered { get; } =
        [.. List.Where(state => state.Kind is StateKind.State or StateKind.UnionTerritory).OrderBy(state => state.Name, StringComparer.Ordinal)];

    /// <summary>The territory of the code; null when there is none.</summary>
    public static State? Find(string? code) => code is not null && ByCode.TryGetValue(code, out var state) ? state : null;

    /// <summary>The name of a code from our own rows.</summary>
    public static string Name(string code) => ByCode[code].Name;
}
