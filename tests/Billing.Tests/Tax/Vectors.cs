using System.Globalization;
using System.Text.Json;
using Billing.Invoices;
using Billing.Prices;
using Billing.Tax;
using Xunit;

namespace Billing.Tests.Tax;

/// <summary>
/// The rules against published and computed cases: <c>tests/vectors</c>, or the folder named by PORTAL_VECTORS, which may hold only
/// some of the files with only some of their lists. What is absent is no failure; a run that finds no case at all is one.
/// </summary>
public sealed class Vectors
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("PORTAL_VECTORS") is { Length: > 0 } given
        ? given
        : Path.Combine(AppContext.BaseDirectory, "vectors");

    // what the tests read; a list that is not here cannot be read by Each
    private static readonly IReadOnlySet<string> Lists = new HashSet<string>(StringComparer.Ordinal)
    {
        "gstin.json valid", "gstin.json synthetic_valid", "gstin.json invalid", "gstin.json disputed", "gstin.json nic_sandbox_exceptions",
        "gstin.json transporter_ids_without_check", "gstin.json worked_example", "pan.json valid", "pan.json invalid", "tan.json valid",
        "tan.json invalid", "ifsc.json exists", "ifsc.json well_formed_but_unknown", "ifsc.json razorpay_virtual_account_ifsc", "ifsc.json malformed",
        "pincode_state.json cases", "pincode_state.json invalid", "pincode_state.json contradictions", "pincode_state.json ranges",
        "tax_split.json cases", "tax_split.json errors", "tax_split.json tax_inclusive_prices", "rounding.json line_vs_invoice",
        "rounding.json same_amount_intra_vs_inter", "rounding.json section_170_nearest_rupee", "rounding.json invoice_round_off",
        "rounding.json foreign_currency_to_inr", "rounding.json proportional_split", "invoice_number_cases.json cases",
        "invoice_number_cases.json room", "amount_in_words.json cases", "razorpay_signatures.json checkout", "razorpay_signatures.json webhook",
    };

    [Fact]
    public void A_run_finds_cases()
    {
        Assert.True(Directory.Exists(Folder), $"PORTAL_VECTORS names {Folder}, which is no folder.");
        var found = Lists.Select(list => list.Split(' ')).Where(list => Root(list[0]) is { ValueKind: JsonValueKind.Object } root
            && root.TryGetProperty(list[1], out var cases)
            && (cases.ValueKind == JsonValueKind.Object || (cases.ValueKind == JsonValueKind.Array && cases.GetArrayLength() > 0)));
        Assert.True(found.Any() || Rows("state_codes.csv").Count > 0, $"There is no case in {Folder} that these tests read.");
    }

    [Fact]
    public void The_worked_example_of_a_check_character()
    {
        if (Root("gstin.json") is not { } root || !root.TryGetProperty("worked_example", out var example)) return;
        Assert.Equal(Text(example, "check_char")[0], Gstin.CheckCharacter(Text(example, "gstin")));
        Assert.IsType<GstinCheck.Good>(Gstin.Check(Text(example, "gstin")));
    }

    [Fact]
    public void Valid_GSTINs_are_accepted_with_their_parts() => Each("gstin.json", "valid", one =>
    {
        var gstin = Assert.IsType<GstinCheck.Good>(Gstin.Check(Text(one, "gstin"))).Gstin;
        Assert.Equal(Text(one, "gstin"), gstin.Value);
        Assert.Equal(Text(one, "state_code"), gstin.StateCode);
        Assert.Equal(OptionalText(one, "pan"), gstin.Pan);
        Assert.Equal(OptionalText(one, "tan"), gstin.Tan);
        Assert.Equal(Text(one, "check")[0], Gstin.CheckCharacter(gstin.Value));
        Assert.Equal(KindOf(Text(one, "kind")), gstin.Kind);
    });

    [Fact]
    public void Made_up_GSTINs_are_accepted() => Each("gstin.json", "synthetic_valid", one =>
        Assert.IsType<GstinCheck.Good>(Gstin.Check(Text(one, "gstin"))));

    [Fact]
    public void Invalid_GSTINs_are_refused_and_the_expected_last_character_is_named() => Each("gstin.json", "invalid", one =>
    {
        var input = Text(one, "input");
        var check = Gstin.Check(input);
        Assert.False(check is GstinCheck.Good good && good.Gstin.Value == input, "accepted as it stands");
        var reason = Text(one, "reason");
        if (reason.Contains("accept only after", StringComparison.Ordinal)) Assert.IsType<GstinCheck.Good>(check);
        if (!reason.StartsWith("check_digit", StringComparison.Ordinal)) return;
        var refused = Assert.IsType<GstinCheck.Refused>(check);
        Assert.Equal("billing.tax.gstin_check_digit", refused.Code);
        if (OptionalText(one, "correct_check_digit") is { } expected)
            Assert.Contains($"expected {expected}", refused.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void A_disputed_GSTIN_is_accepted_with_a_warning() => Each("gstin.json", "disputed", one =>
        Assert.NotNull(Assert.IsType<GstinCheck.Good>(Gstin.Check(Text(one, "input"))).Gstin.Doubt));

    [Fact]
    public void Numbers_of_the_government_sandbox_pass_only_there() => Each("gstin.json", "nic_sandbox_exceptions", one =>
    {
        var gstin = Text(one, "gstin");
        Assert.Equal(Text(one, "check_digit_would_be")[0], Gstin.CheckCharacter(gstin));
        Assert.IsType<GstinCheck.Refused>(Gstin.Check(gstin));
        Assert.IsType<GstinCheck.Good>(Gstin.Check(gstin, governmentSandbox: true));
    });

    [Fact]
    public void Transporter_ids_are_no_GSTINs_of_customers() => Each("gstin.json", "transporter_ids_without_check", one =>
        Assert.IsType<GstinCheck.Refused>(Gstin.Check(Text(one, "id"))));

    [Fact]
    public void Valid_PANs() => Each("pan.json", "valid", one =>
    {
        var pan = Text(one, "pan");
        Assert.Null(Pan.Fault(pan));
        if (OptionalText(one, "holder") is { } holder) Assert.Equal(holder, Pan.Holder(pan));
        if (OptionalText(one, "masked") is { } masked) Assert.Equal(masked, Pan.Mask(pan));
    });

    [Fact]
    public void Invalid_PANs() => Each("pan.json", "invalid", one => Assert.NotNull(Pan.Fault(Text(one, "input"))));

    [Fact]
    public void TANs()
    {
        Each("tan.json", "valid", one => Assert.True(Tan.IsWellFormed(Text(one, "tan"))));
        Each("tan.json", "invalid", one => Assert.False(Tan.IsWellFormed(Text(one, "input"))));
    }

    [Fact]
    public void IFSCs()
    {
        foreach (var list in (string[])["exists", "well_formed_but_unknown", "razorpay_virtual_account_ifsc"])
            Each("ifsc.json", list, one => Assert.Null(Ifsc.Fault(Text(one, "ifsc"))));
        Each("ifsc.json", "malformed", one => Assert.NotNull(Ifsc.Fault(Text(one, "input"))));
    }

    [Fact]
    public void PINs_name_candidate_States()
    {
        Each("pincode_state.json", "cases", one =>
        {
            var candidates = PinCode.Candidates(Text(one, "pin"));
            Assert.Equal(one.GetProperty("candidate_state_codes").EnumerateArray().Select(code => code.GetString()!), candidates);
            if (OptionalText(one, "true_state") is { } state) Assert.Contains(state, candidates);
        });
        Each("pincode_state.json", "invalid", one => Assert.False(PinCode.IsWellFormed(PinCode.Normalise(Text(one, "input")))));
        Each("pincode_state.json", "contradictions", one => Assert.Equal(
            Text(one, "expect").StartsWith("warn", StringComparison.Ordinal),
            PinCode.Contradicts(Text(one, "pin"), Text(one, "state_code"))));
        Each("pincode_state.json", "ranges", one =>
        {
            foreach (var range in Text(one, "first3").Split(' ')[0].Split('|'))
                foreach (var end in range.Split('-'))
                    Assert.Contains(Text(one, "state_code"), PinCode.Candidates($"{end}001"));
        });
    }

    [Fact]
    public void States_and_their_second_head()
    {
        foreach (var row in Rows("state_codes.csv"))
        {
            var state = States.Find(row["code"]);
            Assert.True(state is not null, row["code"]);
            Assert.Equal(row["second_head_when_intra_state"] == "UTGST", state.Kind == StateKind.UnionTerritory || state.Code == "25");
            Assert.Equal(row["used_as_place_of_supply"] == "yes", state.Kind is StateKind.State or StateKind.UnionTerritory);
        }
    }

    [Fact]
    public void The_split_follows_the_place_of_supply()
    {
        Each("tax_split.json", "cases", one =>
        {
            var buyer = one.GetProperty("buyer");
            var place = Assert.IsType<PlaceOfSupply.Decided>(
                PlaceOfSupply.Decide(SupplierIn(Text(one, "supplier_state")), BuyerOf(buyer), Flag(buyer, "lut")));
            var split = TaxSplit.Of(
                [new TaxableLine(Number(one, "taxable_paise"), "998315", (int)Number(one, "rate_bp"))], place.Nature)[0];
            var expect = one.GetProperty("expect");
            Assert.Equal(Text(expect, "pos"), place.StateCode);
            Assert.Equal(Text(expect, "nature"), place.IsInterState ? "inter_state" : "intra_state");
            Assert.Equal(Number(expect, "cgst_paise"), split.CgstPaise);
            Assert.Equal(Number(expect, "sgst_paise"), split.SgstPaise);
            Assert.Equal(Number(expect, "utgst_paise"), split.UtgstPaise);
            Assert.Equal(Number(expect, "igst_paise"), split.IgstPaise);
            Assert.Equal(Number(expect, "invoice_total_paise"), split.TotalPaise);
            Assert.Equal(OptionalText(expect, "einvoice_supply_type") ?? "B2C", place.SupplyType);
            var words = OptionalText(expect, "endorsement") is { } name ? Endorsement(name) : null;
            Assert.Equal(words, place.Endorsement);
        });
    }

    [Fact]
    public void What_cannot_be_taxed_is_refused() => Each("tax_split.json", "errors", one =>
    {
        var (supplier, buyer, chosen) = Text(one, "id") switch
        {
            "b2c-no-state" => (SupplierIn("29"), new Buyer(null, null), null),
            "state-mismatch-gstin" => (SupplierIn("29"), new Buyer(Good("29ZZZCA0002Z1ZK"), "29"), "27"),
            "supplier-not-registered" => (null, new Buyer(null, "29"), null),
            var unknown => throw new InvalidOperationException($"The case {unknown} is new; add it."),
        };
        var refused = Assert.IsType<PlaceOfSupply.Refused>(PlaceOfSupply.Decide(supplier, buyer, hasLut: false, chosen));
        if (supplier is not null)
            Assert.StartsWith(refused.Code["billing.tax.".Length..], Text(one, "expect_error"), StringComparison.Ordinal);
    });

    [Fact]
    public void Prices_that_include_the_tax()
    {
        if (Root("tax_split.json") is not { } root || !root.TryGetProperty("tax_inclusive_prices", out var prices)) return;
        foreach (var one in prices.GetProperty("cases").EnumerateArray())
        {
            var nature = Flag(one, "intra") ? TaxNature.IntraState : TaxNature.InterState;
            var (amounts, roundOff) = TaxSplit.Inclusive(Number(one, "gross_paise"), 1800, nature);
            Assert.Equal(Number(one, "taxable_paise"), amounts.NetPaise);
            if (one.TryGetProperty("cgst_paise", out var cgst)) Assert.Equal(cgst.GetInt64(), amounts.CgstPaise);
            if (one.TryGetProperty("sgst_paise", out var sgst)) Assert.Equal(sgst.GetInt64(), amounts.SgstPaise);
            if (one.TryGetProperty("igst_paise", out var igst)) Assert.Equal(igst.GetInt64(), amounts.IgstPaise);
            Assert.Equal(Number(one, "sum_paise"), amounts.TotalPaise);
            Assert.Equal(Number(one, "round_off_paise"), roundOff);
        }
    }

    [Fact]
    public void Lines_carry_the_group_s_tax()
    {
        Each("rounding.json", "line_vs_invoice", one =>
        {
            var lines = Numbers(one, "lines_taxable_paise");
            var (bps, heads) = ((int)Number(one, "rate_bp"), Number(one, "heads"));
            var nature = heads == 2 ? TaxNature.IntraState : TaxNature.InterState;
            var split = TaxSplit.Of([.. lines.Select(net => new TaxableLine(net, "998315", bps))], nature);
            var head = split.Select(line => heads == 2 ? line.CgstPaise : line.IgstPaise).ToList();
            Assert.Equal(Numbers(one, "per_line_half_up"), lines.Select(net => Rounding.BasisPoints(net, bps / heads)));
            Assert.Equal(Numbers(one, "progressive_carry"), head);
            Assert.Equal(Number(one, "on_invoice_total"), head.Sum());
        });
        Each("rounding.json", "same_amount_intra_vs_inter", one =>
        {
            var net = Number(one, "taxable_paise");
            var intra = TaxSplit.OfGroup(net, 1800, TaxNature.IntraState);
            Assert.Equal((Number(one, "cgst"), Number(one, "sgst")), (intra.CgstPaise, intra.SgstPaise));
            Assert.Equal(Number(one, "igst"), TaxSplit.OfGroup(net, 1800, TaxNature.InterState).IgstPaise);
        });
    }

    [Fact]
    public void Rounding_to_rupees_in_parts_and_from_other_currencies()
    {
        Each("rounding.json", "section_170_nearest_rupee", one =>
            Assert.Equal(Number(one, "expect_paise"), Rounding.NearestRupee(Number(one, "paise"))));
        Each("rounding.json", "invoice_round_off", one =>
        {
            var total = Number(one, "total_paise");
            Assert.Equal(Number(one, "rounded_paise"), Rounding.NearestRupee(total));
            Assert.Equal(Number(one, "RndOffAmt_paise"), Rounding.NearestRupee(total) - total);
        });
        Each("rounding.json", "foreign_currency_to_inr", one => Assert.Equal(
            Number(one, "inr_paise"), Rounding.HalfUp((Int128)Number(one, "usd_cents") * Number(one, "rate_e4"), 10_000)));
        if (Root("rounding.json") is not { } root) return;
        if (root.TryGetProperty("proportional_split", out var split))
            Assert.Equal(Numbers(split, "expect_paise"), Rounding.Spread(Number(split, "total_paise"), Numbers(split, "weights")));
    }

    [Fact]
    public void Invoice_numbers()
    {
        Each("invoice_number_cases.json", "cases", one =>
        {
            Assert.Equal(Flag(one, "rule46_ok"), NumberSeries.IsLawful(Text(one, "input")));
            Assert.Equal(Flag(one, "irp_ok"), NumberSeries.IsAcceptedByPortal(Text(one, "input")));
        });
        Each("invoice_number_cases.json", "room", one => Assert.Equal(Number(one, "digits_left"), 16 - Text(one, "prefix").Length));
    }

    [Fact]
    public void Amounts_in_words_and_grouped() => Each("amount_in_words.json", "cases", one =>
    {
        Assert.Equal(Text(one, "words"), AmountInWords.Of(Number(one, "paise")));
        if (OptionalText(one, "grouped") is { } grouped)
            Assert.Equal(grouped, new Money(Number(one, "paise")).ShowDigits().Replace('−', '-'));
    });

    private static GstinKind KindOf(string kind) => kind.Split(' ', ',')[0] switch
    {
        "normal" => GstinKind.Ordinary,
        "govt_dept_id" or "govt" or "government" => GstinKind.Government,
        "tds" => GstinKind.TaxDeductor,
        "tcs" => GstinKind.TaxCollector,
        "uin" => GstinKind.Uin,
        "nrtp" => GstinKind.NonResident,
        "oidar" => GstinKind.Oidar,
        _ => throw new InvalidOperationException($"The kind '{kind}' is new; add it."),
    };

    private static string SupplierIn(string state) => $"{state}ZZZCS0001Z1Z{Gstin.CheckCharacter($"{state}ZZZCS0001Z1Z")}";

    private static Gstin Good(string gstin) => Assert.IsType<GstinCheck.Good>(Gstin.Check(gstin)).Gstin;

    private static Buyer BuyerOf(JsonElement buyer) => new(
        OptionalText(buyer, "gstin") is { } gstin ? Good(gstin) : null,
        OptionalText(buyer, "billing_state") ?? OptionalText(buyer, "state"),
        Flag(buyer, "sez"),
        OptionalText(buyer, "country") ?? "IN");

    private static string Endorsement(string name) =>
        Root("tax_split.json")!.Value.TryGetProperty("endorsements", out var words) && OptionalText(words, name) is { } given
            ? given
            : name switch
        {
            "EXPORT_WITH_PAYMENT" => Endorsements.ExportWithPayment,
            "EXPORT_WITHOUT_PAYMENT" => Endorsements.ExportWithoutPayment,
            "SEZ_WITH_PAYMENT" => Endorsements.SezWithPayment,
            _ => Endorsements.SezWithoutPayment,
        };

    private static void Each(string file, string list, Action<JsonElement> check)
    {
        Assert.Contains($"{file} {list}", Lists);
        if (Root(file) is not { } root || !root.TryGetProperty(list, out var cases)) return;
        var wrong = new List<string>();
        foreach (var one in cases.EnumerateArray())
        {
            try
            {
                check(one);
            }
            catch (Exception trouble) when (trouble is not OutOfMemoryException)
            {
                wrong.Add($"{one.GetRawText()}\n{trouble.Message}");
            }
        }

        Assert.True(wrong.Count == 0, $"{file} {list}: {wrong.Count} wrong\n{string.Join("\n\n", wrong)}");
    }

    private static JsonElement? Root(string file)
    {
        var path = Path.Combine(Folder, file);
        return File.Exists(path) ? JsonDocument.Parse(File.ReadAllText(path)).RootElement : null;
    }

    // the two tables quote fields with commas
    [Fact]
    public void Servers_are_sold_under_the_code_for_hosting()
    {
        var rows = Rows("sac_codes.csv");
        if (rows.Count == 0) return;
        Assert.Equal("core", Assert.Single(rows, row => row["sac"] == SetPrice.HostingSac)["relevance"]);
    }

    private static List<Dictionary<string, string>> Rows(string file)
    {
        var path = Path.Combine(Folder, file);
        if (!File.Exists(path)) return [];
        var lines = File.ReadAllLines(path).Where(line => line.Length > 0).Select(Fields).ToList();
        return [.. lines.Skip(1).Select(line => lines[0].Zip(line).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    private static List<string> Fields(string line)
    {
        var fields = new List<string> { "" };
        var quoted = false;
        foreach (var character in line)
        {
            if (character == '"') quoted = !quoted;
            else if (character == ',' && !quoted) fields.Add("");
            else fields[^1] += character;
        }

        return fields;
    }

    private static string Text(JsonElement one, string name) => one.GetProperty(name).GetString()!;

    private static string? OptionalText(JsonElement one, string name) =>
        one.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long Number(JsonElement one, string name) => long.Parse(one.GetProperty(name).GetRawText(), CultureInfo.InvariantCulture);

    private static List<long> Numbers(JsonElement one, string name) =>
        [.. one.GetProperty(name).EnumerateArray().Select(number => number.GetInt64())];

    private static bool Flag(JsonElement one, string name) => one.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
