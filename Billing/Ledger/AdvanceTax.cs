using Billing.Prices;
using Billing.Tax;
using Database;

namespace Billing.Ledger;

/// <summary>
/// GST on a customer's advances (CGST Act s.13(2)): declared when the advance comes in, set off when the credit pays an invoice.
/// Credit is one pool, so each spending sets off its share of what is declared; when the pool is empty nothing is left.
/// </summary>
internal static class AdvanceTax
{
    private static readonly string[] Heads = ["cgst", "sgst", "utgst", "igst"];

    /// <summary>Declares the tax inside an advance: due to the State now, an asset until an invoice takes its place.</summary>
    public static IEnumerable<PostingLine> Declare(string accountId, string gstin, TaxAmounts amounts) =>
        Heads.SelectMany(head => Pair(accountId, gstin, head, Of(amounts, head)));

    /// <summary>The tax still declared on the customer's advances.</summary>
    public static async Task<TaxAmounts> Declared(Tx tx, string accountId, string gstin)
    {
        var left = new Dictionary<string, long>();
        foreach (var head in Heads)
        {
            var args = new { AccountId = accountId, LedgerAccount = LedgerAccount.GstOnAdvances(head, gstin) };
            left[head] = await tx.One<long>(Sql.Left, args);
        }

        return new TaxAmounts { CgstPaise = left["cgst"], SgstPaise = left["sgst"], UtgstPaise = left["utgst"], IgstPaise = left["igst"] };
    }

    /// <summary>The lines that set off the share of <paramref name="spent"/> in a credit of <paramref name="balance"/>.</summary>
    public static async Task<IEnumerable<PostingLine>> SetOff(Tx tx, string accountId, string gstin, Money spent, Money balance)
    {
        var declared = await Declared(tx, accountId, gstin);
        return Heads.SelectMany(head => Pair(
            accountId,
            gstin,
            head,
            -(spent >= balance ? Of(declared, head) : Rounding.HalfUp((Int128)Of(declared, head) * spent.Paise, balance.Paise))));
    }

    private static PostingLine[] Pair(string accountId, string gstin, string head, long paise) =>
    [
        new(LedgerAccount.GstOnAdvances(head, gstin), accountId, new Money(paise)),
        new($"{head}_output:{gstin}", null, new Money(-paise)),
    ];

    private static long Of(TaxAmounts amounts, string head) => head switch
    {
        "cgst" => amounts.CgstPaise,
        "sgst" => amounts.SgstPaise,
        "utgst" => amounts.UtgstPaise,
        "igst" => amounts.IgstPaise,
        _ => throw new ArgumentOutOfRangeException(nameof(head), head, "Unknown head of tax."),
    };

    internal static class Sql
    {
        public const string Left = """
            select coalesce(sum(AmountPaise), 0)
            from Posting
            where AccountId = @AccountId and LedgerAccount = @LedgerAccount
            """;
    }
}
