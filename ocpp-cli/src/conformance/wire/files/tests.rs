#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::super::tls::Certificates;
use super::*;

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

async fn server(protocol: Protocol) -> (Files, SocketAddr) {
    let tls = Certificates::new("127.0.0.1").unwrap();
    let tls = tls.server(ocpp_conformance::bench::ServerCertificate::Good);
    let served = Files::serve(ANY, protocol, tls, (b"firmware".to_vec(), Duration::ZERO)).await;
    served.unwrap()
}

/// Sends a request, and says how it was answered.
async fn send(address: SocketAddr, head: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head}\r\nhost: lab\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn an_upload_to_the_place_that_was_given_is_taken() {
    let (files, address) = server(Protocol::Http).await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"form.log\"\r\n\r\ntext\r\n--x--\r\n";
    for (head, body, answer) in [
        ("PUT /logs/put.log HTTP/1.1", "text", "201"),
        ("POST /logs/post.log HTTP/1.1", "text", "201"),
        (
            "POST /logs/ HTTP/1.1\r\ncontent-disposition: attachment; filename=header.log",
            "text",
            "201",
        ),
        (
            "POST /logs HTTP/1.1\r\ncontent-type: multipart/form-data; boundary=x",
            form,
            "201",
        ),
        ("POST /logs/ HTTP/1.1", "text", "400"),
        ("PUT /elsewhere/a.log HTTP/1.1", "text", "404"),
    ] {
        let got = send(address, head, body).await;
        assert!(got.contains(answer), "{head}: {got}");
    }
    let names = ["put.log", "post.log", "header.log", "form.log"];
    assert_eq!(files.uploads(), names);
}

/// The clients are those of a station.
#[tokio::test]
async fn stations_get_and_leave_files_with_each_protocol() {
    use ocpp_tokio::station::{Files as Client, TransferOptions};

    let mut options = TransferOptions::default();
    let root = ocpp_conformance::pki::Authority::csms().unwrap().pem();
    options.roots_pem = Some(root.unwrap().into_bytes());
    let client = Client::new(options).unwrap();
    for protocol in [
        Protocol::Http,
        Protocol::Https,
        Protocol::Ftp,
        Protocol::Ftps,
    ] {
        let (files, address) = server(protocol).await;
        let place = format!("{}://{address}", protocol.scheme());
        let folder = std::env::temp_dir().join(format!(
            "ocpp-lab-{}-{}",
            protocol.scheme(),
            std::process::id()
        ));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("firmware");
        let firmware = format!("{place}/{FIRMWARE_FILE}");
        client.download(&firmware, &file, |_| {}).await.unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"firmware");
        let missing = format!("{place}/missing");
        assert!(client.download(&missing, &file, |_| {}).await.is_err());
        let upload = async |folder: &str| {
            let text = b"text".to_vec();
            client
                .upload(&format!("{place}/{folder}/"), "some.log", text, |_| {})
                .await
        };
        upload(UPLOADS).await.unwrap();
        assert!(upload("elsewhere").await.is_err());
        assert_eq!(files.uploads(), ["some.log"]);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_protocol_without_tls_comes_first() {
    assert_eq!(Protocol::of(&["FTPS", "FTP", "HTTPS"]), Some(Protocol::Ftp));
    assert_eq!(Protocol::of(&["HTTPS", "SFTP"]), Some(Protocol::Https));
    assert_eq!(Protocol::of(&["SFTP"]), None);
}
