namespace Billing.Ledger;

/// <summary>
/// The chart of accounts. Debits are positive, credits negative. Accounts marked "per customer" carry the customer's AccountId on
/// each posting; GST accounts carry the supplier's GSTIN in their name, since each registration files its own returns.
/// </summary>
public static class LedgerAccount
{
    /// <summary>Captured by the gateway, not yet in the bank. Asset.</summary>
    public const string GatewayReceivable = "gateway_receivable";

    /// <summary>Invoiced, not yet paid. Asset, per customer.</summary>
    public const string CustomerReceivable = "customer_receivable";

    /// <summary>Customers' credit. Liability, per customer.</summary>
    public const string CustomerWallet = "customer_wallet";

    /// <summary>Sales without GST.</summary>
    public const string Revenue = "revenue";

    /// <summary>What the gateway keeps, with the GST on it. Expense.</summary>
    public const string GatewayFees = "gateway_fees";

    /// <summary>Owed back to a customer's card or bank, not yet sent. Liability, per customer.</summary>
    public const string RefundsPayable = "refunds_payable";

    /// <summary>Paise left over by rounding.</summary>
    public const string RoundingDifference = "rounding";

    /// <summary>CGST collected for the registration, payable to the Union.</summary>
    public static string CgstOutput(string gstin) => $"cgst_output:{gstin}";

    /// <summary>SGST collected for the registration, payable to the State.</summary>
    public static string SgstOutput(string gstin) => $"sgst_output:{gstin}";

    /// <summary>UTGST collected for the registration, payable to the Union territory.</summary>
    public static string UtgstOutput(string gstin) => $"utgst_output:{gstin}";

    /// <summary>IGST collected for the registration.</summary>
    public static string IgstOutput(string gstin) => $"igst_output:{gstin}";

    /// <summary>GST declared on a customer's advances, not yet set off by an invoice (CGST s.13(2)). Asset, per customer.</summary>
    /// <param name="head"><c>cgst</c>, <c>sgst</c>, <c>utgst</c> or <c>igst</c>.</param>
    /// <param name="gstin">The supplier's registration.</param>
    public static string GstOnAdvances(string head, string gstin) => $"gst_on_advances_{head}:{gstin}";
}
