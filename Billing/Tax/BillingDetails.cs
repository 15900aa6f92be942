using System.Text;
using System.Text.RegularExpressions;

namespace Billing.Tax;

/// <summary>Something to say about a field of the billing details.</summary>
/// <param name="Field">The property of <see cref="BillingDetails"/>.</param>
/// <param name="Code">Stable, e.g. <c>billing.tax.gstin_check_digit</c>.</param>
/// <param name="Message">For the person at the form.</param>
/// <param name="IsWarning">It can be saved all the same.</param>
public sealed record BillingIssue(string Field, string Code, string Message, bool IsWarning = false);

/// <summary>A customer's billing details as typed.</summary>
public sealed partial record BillingDetails
{
    public string? LegalName { get; init; }

    /// <summary>Empty when unregistered.</summary>
    public string? Gstin { get; init; }

    public string? Pan { get; init; }

    /// <summary>A SEZ unit or developer that buys for authorised operations; cannot be seen in the GSTIN.</summary>
    public bool IsSez { get; init; }

    public string? StateCode { get; init; }

    public string? Address1 { get; init; }

    public string? Address2 { get; init; }

    public string? City { get; init; }

    public string? Pin { get; init; }

    public string? Mobile { get; init; }

    public string? Purpose { get; init; }

    /// <summary>For those who must see what changed but not the PAN: only its last four characters, in the GSTIN too.</summary>
    public BillingDetails Masked() => this with
    {
        Pan = Pan is { Length: > 4 } ? new string('*', Pan.Length - 4) + Pan[^4..] : Pan,
        Gstin = Gstin is { Length: 15 } ? $"{Gstin[..2]}******{Gstin[8..]}" : Gstin,
    };

    /// <summary>As it is kept: trimmed, numbers in capitals without blanks, the PAN of the GSTIN filled in, mobile as +91….</summary>
    public BillingDetails Normalised()
    {
        var gstin = Tax.Gstin.Normalise(Gstin);
        var checkedGstin = (Tax.Gstin.Check(gstin) as GstinCheck.Good)?.Gstin;
        var pan = Tax.Pan.Normalise(Pan);
        return this with
        {
            LegalName = LegalName?.Trim(),
            Gstin = gstin.Length == 0 ? null : gstin,
            Pan = pan.Length > 0 ? pan : checkedGstin?.Pan,
            StateCode = string.IsNullOrWhiteSpace(StateCode) ? checkedGstin?.StateCode : StateCode.Trim(),
            Address1 = Address1?.Trim(),
            Address2 = string.IsNullOrWhiteSpace(Address2) ? null : Address2.Trim(),
            City = City?.Trim(),
            Pin = PinCode.Normalise(Pin),
            Mobile = NormaliseMobile(Mobile),
            Purpose = Purpose?.Trim(),
        };
    }

    /// <summary>All errors and warnings of the normalised details; nothing when they can be invoiced.</summary>
    public IReadOnlyList<BillingIssue> Check()
    {
        var details = Normalised();
        return
        [
            .. Text(nameof(LegalName), "legal_name", "the legal name", details.LegalName, 120),
            .. Text(nameof(Address1), "address", "the address", details.Address1, 120),
            .. Text(nameof(Address2), "address2", "the second address line", details.Address2, 120, required: false),
            .. Text(nameof(City), "city", "the town", details.City, 60),
            .. Text(nameof(Purpose), "purpose", "what the servers are for", details.Purpose, 200),
            .. details.CheckMobile(),
            .. details.CheckState(),
            .. details.CheckPin(),
            .. details.CheckPan(),
            .. details.CheckGstin(),
        ];
    }

    private static IEnumerable<BillingIssue> Text(string field, string code, string what, string? text, int most, bool required = true)
    {
        if (string.IsNullOrEmpty(text))
        {
            if (required) yield return new(field, $"billing.tax.{code}_missing", $"Enter {what}.");
        }
        else if (text.Length > most)
        {
            yield return new(field, $"billing.tax.{code}_too_long", $"At most {most} characters; this has {text.Length}.");
        }
        else if (text.Any(char.IsControl) || !IsWellFormedText(text))
        {
            yield return new(
                field, $"billing.tax.{code}_characters", "Some characters cannot stand on an invoice; please retype the text.");
        }
    }

    // a lone surrogate is stored differently by the two engines
    private static bool IsWellFormedText(string text) => !text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar);

    private IEnumerable<BillingIssue> CheckMobile()
    {
        if (string.IsNullOrEmpty(Mobile)) yield return new(nameof(Mobile), "billing.tax.mobile_missing", "Enter a mobile number.");
        else if (!MobileShape().IsMatch(Mobile))
            yield return new(
                nameof(Mobile),
                "billing.tax.mobile_form",
                "Enter an Indian mobile number of ten digits, or another with + and its country code.");
    }

    private IEnumerable<BillingIssue> CheckState()
    {
        if (string.IsNullOrEmpty(StateCode))
            yield return new(
                nameof(StateCode), "billing.tax.state_required", "Choose the State: it decides the tax and stands on every invoice.");
        else if (States.Find(StateCode) is not { Kind: StateKind.State or StateKind.UnionTerritory })
            yield return new(nameof(StateCode), "billing.tax.state_unknown", "Choose one of the States of the list.");
    }

    private IEnumerable<BillingIssue> CheckPin()
    {
        if (!PinCode.IsWellFormed(Pin))
        {
            yield return new(nameof(Pin), "billing.tax.pin_form", "A PIN has six digits and does not begin with 0.");
        }
        else if (StateCode is { } state && States.Find(state) is { } known && PinCode.Contradicts(Pin!, state))
        {
            var likely = string.Join(" or ", PinCode.Candidates(Pin!).Select(States.Name));
            yield return new(
                nameof(Pin),
                "billing.tax.pin_state",
                $"PIN {Pin} looks like {likely}, not {known.Name}. Please check one of the two.",
                IsWarning: true);
        }
    }

    private IEnumerable<BillingIssue> CheckPan()
    {
        if (string.IsNullOrEmpty(Pan)) yield break;
        if (Tax.Pan.Fault(Pan) is { } fault) yield return new(nameof(Pan), "billing.tax.pan_form", fault);
        else if (Tax.Pan.IsDoubtful(Pan))
            yield return new(
                nameof(Pan),
                "billing.tax.pan_holder",
                $"The fourth letter {Pan[3]} is unusual in a PAN. Please compare it with the card.",
                IsWarning: true);
    }

    private IEnumerable<BillingIssue> CheckGstin()
    {
        if (Gstin is null)
        {
            if (IsSez) yield return new(nameof(IsSez), "billing.tax.sez_gstin", "A SEZ unit or developer has a GSTIN; enter it.");
            yield break;
        }

        if (Tax.Gstin.Check(Gstin) is not GstinCheck.Good { Gstin: var gstin })
        {
            var refused = (GstinCheck.Refused)Tax.Gstin.Check(Gstin);
            yield return new(nameof(Gstin), refused.Code, refused.Message);
            yield break;
        }

        if (NotForCustomers(gstin.Kind) is { } why) yield return new(nameof(Gstin), "billing.tax.gstin_kind", why);
        if (gstin.Doubt is { } doubt) yield return new(nameof(Gstin), "billing.tax.gstin_unusual", doubt, IsWarning: true);
        if (StateCode is { } state && state != gstin.StateCode && States.Find(state) is { } chosen)
        {
            yield return new(
                nameof(StateCode),
                "billing.tax.gstin_state",
                $"This GSTIN is registered in {States.Name(gstin.StateCode)} ({gstin.StateCode}), but the State says {chosen.Name} ({state}). "
                + "Choose the State of the registration, or correct the GSTIN.");
        }

        if (gstin.Pan is { } inside && Pan is { } pan && inside != pan && Tax.Pan.Fault(pan) is null)
        {
            yield return new(
                nameof(Pan),
                "billing.tax.gstin_pan",
                $"Characters 3 to 12 of the GSTIN are its holder's PAN, {inside}; the PAN entered is {pan}. Correct one of the two.");
        }
    }

    private static string? NotForCustomers(GstinKind kind) => kind switch
    {
        GstinKind.TaxDeductor =>
            "This is a tax deductor's GSTIN (CGST Act s.51). Enter the ordinary GSTIN of the office; it is used for invoices.",
        GstinKind.TaxCollector => "This is a tax collector's GSTIN (CGST Act s.52). Enter the ordinary GSTIN of the business.",
        GstinKind.NonResident => "Invoices to non-resident taxable persons are made by hand. Please write to us.",
        GstinKind.Oidar => "This number belongs to a foreign supplier of online services. Please write to us.",
        _ => null,
    };

    private static string NormaliseMobile(string? text)
    {
        var digits = string.Concat(
            (text ?? "").Where(character => !char.IsWhiteSpace(character) && character is not ('-' or '(' or ')')));
        return digits switch
        {
            { Length: 10 } when digits.All(char.IsAsciiDigit) => $"+91{digits}",
            { Length: 11 } when digits[0] == '0' && digits.All(char.IsAsciiDigit) => $"+91{digits[1..]}",
            { Length: 12 } when digits.StartsWith("91", StringComparison.Ordinal) && digits.All(char.IsAsciiDigit) => $"+{digits}",
            _ => digits,
        };
    }

    [GeneratedRegex(@"^\+(?:91[6-9][0-9]{9}|(?!91)[1-9][0-9]{6,13})$")]
    private static partial Regex MobileShape();
}
