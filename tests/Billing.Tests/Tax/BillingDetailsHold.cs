using Billing.Tax;
using Xunit;

namespace Billing.Tests.Tax;

public sealed class BillingDetailsHold
{
    private static readonly BillingDetails Good = new()
    {
        LegalName = "Asha Traders",
        StateCode = "29",
        Address1 = "1 Main Road",
        City = "Bengaluru",
        Pin = "560 001",
        Mobile = "98765 43210",
        Purpose = "Web shop",
    };

    [Fact]
    public void Masked_details_show_the_end_of_the_PAN_alone_in_the_GSTIN_too()
    {
        var masked = new BillingDetails { Pan = "AAPFU0939F", Gstin = "27AAPFU0939F1ZV", City = "Pune" }.Masked();
        Assert.Equal(("******939F", "27******939F1ZV", "Pune"), (masked.Pan, masked.Gstin, masked.City));
        Assert.Equal((null, ""), (new BillingDetails { Gstin = "" }.Masked().Pan, new BillingDetails { Gstin = "" }.Masked().Gstin));
    }

    [Fact]
    public void Complete_details_have_no_issue()
    {
        Assert.Empty(Good.Check());
        Assert.Empty((Good with { Gstin = "29ZZZCA0002Z1ZK", Pan = "ZZZCA0002Z" }).Check());
        Assert.Empty((Good with { Gstin = "29 zzzca0002z1zk", StateCode = null }).Check());
    }

    [Fact]
    public void They_are_kept_in_one_form()
    {
        var kept = (Good with { Gstin = " 29zzzca 0002z1zk", LegalName = " Asha Traders " }).Normalised();
        Assert.Equal(("29ZZZCA0002Z1ZK", "ZZZCA0002Z", "560001", "+919876543210", "Asha Traders"),
            (kept.Gstin, kept.Pan, kept.Pin, kept.Mobile, kept.LegalName));
    }

    [Theory]
    [InlineData("29ZZZCA0002Z1ZX", "Gstin", "billing.tax.gstin_check_digit", "expected K")]
    [InlineData("29ZZZCA0002Z1Z", "Gstin", "billing.tax.gstin_length", "14")]
    [InlineData("27ZZZCB0003Z1ZM", "StateCode", "billing.tax.gstin_state", "Maharashtra")]
    [InlineData("07DELN10357E1DH", "Gstin", "billing.tax.gstin_kind", "tax deductor")]
    [InlineData("29AABCF8078M1C8", "Gstin", "billing.tax.gstin_kind", "tax collector")]
    public void A_wrong_GSTIN_is_named_with_the_reason(string gstin, string field, string code, string words)
    {
        var issue = (Good with { Gstin = gstin }).Check().First(one => one.Field == field);
        Assert.Equal(code, issue.Code);
        Assert.Contains(words, issue.Message, StringComparison.Ordinal);
        Assert.False(issue.IsWarning);
    }

    [Fact]
    public void Another_PAN_than_the_GSTIN_s_is_refused()
    {
        var issue = Assert.Single((Good with { Gstin = "29ZZZCA0002Z1ZK", Pan = "AAKFD7113K" }).Check());
        Assert.Equal(("Pan", "billing.tax.gstin_pan"), (issue.Field, issue.Code));
    }

    [Fact]
    public void A_PIN_of_another_State_only_warns()
    {
        var issue = Assert.Single((Good with { StateCode = "27" }).Check());
        Assert.Equal(("Pin", true), (issue.Field, issue.IsWarning));
    }

    [Fact]
    public void SEZ_needs_a_GSTIN() => Assert.Equal("billing.tax.sez_gstin", Assert.Single((Good with { IsSez = true }).Check()).Code);

    [Fact]
    public void What_is_missing_is_named_field_by_field() => Assert.Equal(
        ["Address1", "City", "LegalName", "Mobile", "Pin", "Purpose", "StateCode"],
        new BillingDetails().Check().Select(issue => issue.Field).Order());

    [Theory]
    [InlineData("9876543210", true)]
    [InlineData("+91 98765-43210", true)]
    [InlineData("09876543210", true)]
    [InlineData("+44 7700 900123", true)]
    [InlineData("12345", false)]
    [InlineData("+911234567890", false)]
    public void Mobile_numbers(string mobile, bool good) => Assert.Equal(good, (Good with { Mobile = mobile }).Check().Count == 0);

    [Fact]
    public void Control_characters_and_broken_text_are_refused()
    {
        Assert.Equal("billing.tax.legal_name_characters", Assert.Single((Good with { LegalName = "A\u0000B" }).Check()).Code);
        Assert.Equal("billing.tax.city_characters", Assert.Single((Good with { City = "Town\ud800x" }).Check()).Code);
    }

    [Fact]
    public void A_supplier_that_cannot_invoice_says_what_to_mend()
    {
        Assert.Empty(Shop.Provider.Faults());
        var fault = Assert.Single((Shop.Provider with { Gstin = "29ZZZCS0001Z1Z4" }).Faults());
        Assert.Contains("Billing:Supplier:Gstin", fault, StringComparison.Ordinal);
        Assert.NotEmpty(new Supplier().Faults());
        Assert.Single((Shop.Provider with { CreditNotePrefix = "INV" }).Faults());
    }
}
