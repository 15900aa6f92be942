namespace Journeys;

/// <summary>Payments that did not work out.</summary>
public sealed partial class EveryPage
{
    private async Task Lakshmi(Looks lakshmi)
    {
        await lakshmi.SignIn("lakshmi@home.example", DemoHouse.Password);
        await lakshmi.Go("/servers");
        await OpenRow(lakshmi, "cloud.");
        await See(lakshmi, "pay-again");
        await See(lakshmi, "pay-failed", $"{lakshmi.Page.Url}/result?back=failed");
    }

    private async Task Bharat(Looks bharat, DemoHouse house)
    {
        await bharat.SignIn("bharat@foods.example", DemoHouse.Password);
        await See(bharat, "servers-hindi", "/servers");
        await See(bharat, "account-hindi", "/accounts");
        await bharat.Go("/invoices");
        await OpenRow(bharat, "Tax invoice");
        await See(bharat, "invoice-hindi");
        await bharat.Go("/invoices");
        await OpenRow(bharat, "Receipt voucher");
        await See(bharat, "receipt-voucher");
        await See(bharat, "pay-expired", $"/pay/{await house.Order("expired")}/result");
    }
}
